"""Parts of the NLU graph that are ours: Chinese text, a linear intent model, entities by rule and table.

Run from the `nlu` folder, so that training, our server and a stock `rasa run` all import them as `components.x`.
Only `components.registry` touches Rasa's recipe (and with it TensorFlow); serving never imports it.
"""
