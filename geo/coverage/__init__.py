"""What service centres cover: areas, shares, gaps, how far a circle is from the road, who should own what."""

from geo.extras import need

for _library in ("h3", "scipy", "shapely"):  # missed here, with one clear line, and not in the middle of a figure
    need(_library)
