"""Makes our components known to Rasa's recipe; config.yml names them through this module.

Kept apart because the recipe imports TensorFlow (about 350 MB). A trained model names the classes where they are
defined, so a process that only predicts never comes here.
"""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from components.char_tokenizer import CharTokenizer
from components.entity_extractor import ChineseEntityExtractor
from components.intent_classifier import LinearIntentClassifier

_KIND = DefaultV1Recipe.ComponentType

DefaultV1Recipe.register(_KIND.MESSAGE_TOKENIZER, is_trainable=False)(CharTokenizer)
DefaultV1Recipe.register(_KIND.INTENT_CLASSIFIER, is_trainable=True)(LinearIntentClassifier)
DefaultV1Recipe.register(_KIND.ENTITY_EXTRACTOR, is_trainable=True)(ChineseEntityExtractor)
