"""Rich text: a field that stores clean HTML and the widget that edits it in the admin."""

from typing import Any

import nh3
from django import forms
from django.db import models


class RichTextField(models.TextField):
    """HTML text, cleaned of scripts and styles before it is saved, so that templates may mark it safe."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = nh3.clean(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value


class RichTextWidget(forms.Textarea):
    """A textarea that `rich-text.js` turns into an editor."""

    class Media:
        css = {"all": ["catalog/rich-text.css"]}
        js = ["catalog/rich-text.js"]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "rich-text", **(attrs or {})})
