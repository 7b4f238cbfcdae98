// A shopping cart. Try it: put the cursor at the end of the line "total += " and type on.

export interface CartLine {
  name: string;
  quantity: number;
  unitCents: number;
}

export function lineCents(line: CartLine): number {
  return line.quantity * line.unitCents;
}

export function itemCount(lines: CartLine[]): number {
  let count = 0;
  for (const line of lines) {
    count += line.quantity;
  }
  return count;
}

export function totalCents(lines: CartLine[]): number {
  let total = 0;
  for (const line of lines) {
    total += 
  }
  return total;
}
