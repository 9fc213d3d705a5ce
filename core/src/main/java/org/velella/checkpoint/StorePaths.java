package org.velella.checkpoint;

/** The closed alphabet of paths inside a run. */
final class StorePaths {
  private static final int MAX_LENGTH = 1024;

  private StorePaths() {}

  /** Names, between each two of them a slash; a name does not begin with a dot. */
  static boolean isValid(String path) {
    int length = path.length();
    if (length == 0 || length > MAX_LENGTH || path.charAt(length - 1) == '/') {
      return false;
    }
    char before = '/';
    for (int i = 0; i < length; i++) {
      char c = path.charAt(i);
      boolean may = c == '.' || c == '/' ? before != '/' : isOfNames(c);
      if (!may) {
        return false;
      }
      before = c;
    }
    return true;
  }

  private static boolean isOfNames(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '_'
        || c == '='
        || c == '-';
  }
}
