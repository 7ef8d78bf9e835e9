/** All rows of the inbox are of one height, so that a list of any length knows where each stands. */
export const ROW_PX = 84
