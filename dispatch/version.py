"""Version of Callout, stored with every plan."""

VERSION = "0.1.0"
