package org.velella.module;

/** See {@link MemoryValue#empty}. */
enum EmptyValue implements MemoryValue {
  INSTANCE;

  @Override
  public Kind kind() {
    return Kind.EMPTY;
  }

  @Override
  public String toString() {
    return "empty";
  }
}
