package org.velella.equation;

/** What is known about a value beyond its being a float32; each kind serves as the later ones. */
enum Type {
  /** A truth value: 0 or 1 where a number is wanted. */
  CONDITION,
  /** A whole number (or an infinity or NaN). */
  WHOLE,
  /** Any number. */
  NUMBER;

  Type or(Type other) {
    return compareTo(other) >= 0 ? this : other;
  }

  boolean isWhole() {
    return this != NUMBER;
  }
}
