"""The forms of the catalog's pages and of its API."""

from django import forms
from django.conf import settings
from django.core.mail import EmailMessage

from catalog.models import Attachment, Product


class ProductForm(forms.ModelForm):
    """Validates a product that the API receives."""

    stock = forms.IntegerField(min_value=0, required=False)

    class Meta:
        model = Product
        fields = ["name", "slug", "description", "price", "stock"]

    def clean_stock(self) -> int:
        return self.cleaned_data["stock"] or 0


class AttachmentForm(forms.ModelForm):
    """Uploads a file about a product."""

    class Meta:
        model = Attachment
        fields = ["title", "file"]


class ContactForm(forms.Form):
    """A visitor's message to the shop."""

    name = forms.CharField(max_length=100)
    email = forms.EmailField()
    message = forms.CharField(widget=forms.Textarea, max_length=5000)

    def clean_name(self) -> str:
        # The name becomes part of a header, which is one line.
        return " ".join(self.cleaned_data["name"].split())

    def send(self) -> None:
        """Sends the message to the shop's own address; the answer goes to the visitor."""
        EmailMessage(
            subject=f"Message from {self.cleaned_data['name']}",
            body=self.cleaned_data["message"],
            to=[settings.DEFAULT_FROM_EMAIL],
            reply_to=[self.cleaned_data["email"]],
        ).send()
