"""Texts on the drift of pictures: their properties, their content, and the model's confidence."""

from evaluation.messages.template import Template

SIZE = "({size:rounded} standard deviations)"

PICTURES = {
    "picture.darker": Template(f"The pictures are darker {SIZE}."),
    "picture.brighter": Template(f"The pictures are brighter {SIZE}."),
    "picture.brightness": Template("The brightness has another distribution."),
    "picture.less_contrast": Template(f"The pictures have less contrast {SIZE}."),
    "picture.more_contrast": Template(f"The pictures have more contrast {SIZE}."),
    "picture.contrast": Template("The contrast has another distribution."),
    "picture.less_sharp": Template(f"The pictures are less sharp {SIZE}."),
    "picture.sharper": Template(f"The pictures are sharper {SIZE}."),
    "picture.sharpness": Template("The sharpness has another distribution."),
    "picture.paler": Template(f"The colours are paler {SIZE}."),
    "picture.stronger_colours": Template(f"The colours are stronger {SIZE}."),
    "picture.saturation": Template("The saturation has another distribution."),
    "picture.fewer_pixels": Template(f"The pictures have fewer pixels {SIZE}."),
    "picture.more_pixels": Template(f"The pictures have more pixels {SIZE}."),
    "picture.megapixels": Template("The number of pixels has another distribution."),
    "picture.narrower": Template(f"The pictures are narrower {SIZE}."),
    "picture.wider": Template(f"The pictures are wider {SIZE}."),
    "picture.aspect": Template("The shape of the pictures has another distribution."),
    "picture.less_confident": Template(f"The model is less confident {SIZE}."),
    "picture.more_confident": Template(f"The model is more confident {SIZE}."),
    "picture.confidence": Template("The confidence has another distribution."),
    "picture.content": Template(
        "The pictures show other content than the reference: {drifted:count} of {components:count} "
        "components of the embedding drifts.",
        "The pictures show other content than the reference: {drifted:count} of {components:count} "
        "components of the embedding drift.",
        "drifted",
    ),
    "picture.none": Template(
        "The pictures are like those of the reference: no property and no component of the "
        "embedding drifts."
    ),
}
