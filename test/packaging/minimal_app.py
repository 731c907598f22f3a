"""The smallest app of the README: an image and a project."""

import sys

from aws_cdk import App, Stack
from cdk_django_on_fargate import DjangoImage, DjangoOnFargate

app = App()
stack = Stack(app, "Minimal")
DjangoOnFargate(stack, "Shop", image=DjangoImage.from_directory(sys.argv[1]), project="shop")
app.synth()
