"""Waivers: asked for, approved by someone else, with an expiry; never counted as met."""
