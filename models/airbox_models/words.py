"""Word lists: what children ask for, extra names, and words kept out of training for the evaluation."""

from airbox_models.paths import PACKAGE_DIR

EVERYDAY_NAMES: dict[str, tuple[str, ...]] = {
    "airplane": ("plane", "jet plane"),
    "automobile": ("car",),
    "baby chick": ("chick",),
    "birthday cake": ("cake",),
    "blossom": ("flower",),
    "bullet train": ("fast train",),
    "carousel horse": ("merry-go-round horse",),
    "christmas tree": ("xmas tree",),
    "cooked rice": ("bowl of rice",),
    "crescent moon": ("moon",),
    "deciduous tree": ("tree",),
    "dotted six-pointed star": ("star",),
    "evergreen tree": ("pine tree", "fir tree"),
    "fire engine": ("fire truck",),
    "flying saucer": ("ufo", "alien spaceship"),
    "front-facing baby chick": ("chick",),
    "full moon": ("moon",),
    "glowing star": ("shining star",),
    "hamburger": ("burger",),
    "hatching chick": ("chick in an egg",),
    "high voltage": ("lightning", "lightning bolt"),
    "honeybee": ("bee",),
    "hot beverage": ("coffee", "cup of tea"),
    "house with garden": ("house",),
    "lady beetle": ("ladybird", "ladybug"),
    "light bulb": ("lamp",),
    "locomotive": ("train", "steam train"),
    "microbe": ("germ",),
    "ogre": ("monster",),
    "oncoming automobile": ("car",),
    "oncoming bus": ("bus",),
    "oncoming taxi": ("taxi",),
    "passenger ship": ("cruise ship",),
    "person superhero": ("hero",),
    "racing car": ("race car",),
    "red heart": ("heart", "love heart"),
    "ringed planet": ("planet", "saturn"),
    "sailboat": ("boat", "sailing boat"),
    "sauropod": ("dinosaur", "long-necked dinosaur"),
    "shortcake": ("piece of cake",),
    "snowman without snow": ("snowman",),
    "soccer ball": ("ball", "football"),
    "soft ice cream": ("ice cream", "ice cream cone"),
    "sport utility vehicle": ("car", "big car"),
    "spouting whale": ("whale",),
    "sun with face": ("smiling sun",),
    "t-rex": ("dinosaur", "tyrannosaurus"),
    "tropical fish": ("fish",),
    "water wave": ("wave",),
    "wrapped gift": ("present", "gift"),
}
"""Names that a child would use for pictures whose official label is another one."""

EVERYDAY: frozenset[str] = frozenset((PACKAGE_DIR / "everyday.txt").read_text(encoding="utf-8").split("\n")[:-1])
"""Labels of the pictures that are drawn more often in training."""

HELD_OUT_WORDS: frozenset[str] = frozenset(
    {"puppy", "kitten", "bunny", "doggy", "doggo", "hound", "piglet", "steed", "lorry", "pony", "motorbike", "cheeseburger"}
)
"""Words that no caption holds, so that the evaluation can ask for them."""
