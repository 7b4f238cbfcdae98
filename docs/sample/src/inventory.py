"""Stock of a small shop. Try it: put the cursor at the end of the file and press Enter."""

from dataclasses import dataclass


@dataclass
class Item:
    name: str
    quantity: int
    unit_cents: int


def total_quantity(items: list[Item]) -> int:
    return sum(item.quantity for item in items)


def total_cents(items: list[Item]) -> int:
