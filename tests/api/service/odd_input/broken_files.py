"""Archives and workbooks that are damaged in one way each."""

from __future__ import annotations

import io
import zipfile


def zip_of(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name.replace("__", "."), data)
    return bytearray(out.getvalue())


def _damaged():
    data = zip_of(tickets__csv=b"id,lat,lon\n" * 100)
    data[45:60] = bytes(15)  # inside the packed text
    return bytes(data)


def _secret():
    data = zip_of(tickets__csv=b"id\n")
    data[6] |= 1  # encrypted, says the member and the list of members
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _odd_packing():
    data = zip_of(tickets__csv=b"id\n")
    data[8] = data[data.rindex(b"PK\x01\x02") + 10] = 99
    return bytes(data)


ZIPS = {
    "empty": b"",
    "text": b"PK but no zip",
    "damaged": _damaged(),
    "encrypted": _secret(),
    "odd packing": _odd_packing(),
    "half": bytes(zip_of(tickets__csv=b"id\n" * 1000))[:60],
}


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.'
    'org/officeDocument/2006/relationships"><sheets><sheet name="tickets" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
KINDS = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="{}"/></Relationships>'
)


def _book(rows, *, book=BOOK, sheet=SHEET):
    return bytes(
        zip_of(
            **{
                "[Content_Types]__xml": KINDS,
                "xl/workbook__xml": book,
                "xl/_rels/workbook__xml__rels": LINKS.format("worksheets/sheet1.xml"),
                "xl/worksheets/sheet1__xml": sheet.format(rows),
            }
        )
    )


BOOKS = {
    **ZIPS,
    "no workbook": bytes(zip_of(a=b"b")),
    "broken list of sheets": _book("", book="<workbook"),
    "broken sheet": _book("", sheet="<worksheet><sheetData"),
    "odd cell": _book('<row r="1"><c r="A1" t="s"><v>99</v></c></row>'),
    "odd number": _book('<row r="1"><c r="A1" t="n"><v>many</v></c></row>'),
    "odd place": _book('<row r="x"><c r="!!"><v>1</v></c></row>'),
    "far away": _book('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
}
