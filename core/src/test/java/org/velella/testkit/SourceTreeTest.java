package org.velella.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTreeTest {
  @TempDir Path sources;

  private void file(String name, String text) throws IOException {
    Path file = sources.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void roomWithItsMapIsFine() throws IOException {
    file("a/b/C.java", "class C {}\n");
    file("a/b/package-info.java", "/**\n * May use: nothing. Open {@link\n * a.b.C} first.\n */\n");
    assertThat(SourceTree.packageFaults(sources)).isEmpty();
  }

  @Test
  void missingMapIsFound() throws IOException {
    file("a/b/C.java", "class C {}\n");
    assertThat(SourceTree.packageFaults(sources)).containsExactly("a.b: no package-info.java");
  }

  @Test
  void mapThatSaysTooLittleIsFound() throws IOException {
    file("a/b/package-info.java", "/** A room. */\n");
    assertThat(SourceTree.packageFaults(sources))
        .containsExactly(
            "a.b: package-info.java lacks 'May use:'",
            "a.b: package-info.java lacks 'Open {@link a.b.Class} first'");
  }

  @Test
  void mapThatLeadsNowhereIsFound() throws IOException {
    file("a/b/package-info.java", "/** May use: a. Open {@link a.b.Gone} first. */\n");
    assertThat(SourceTree.packageFaults(sources))
        .containsExactly("a.b: package-info.java sends to a.b.Gone, which is not there");
  }

  @Test
  void longFileIsFound() throws IOException {
    file("a/Long.java", "\n".repeat(401));
    file("a/Short.java", "\n".repeat(400));
    assertThat(SourceTree.fileFaults(sources))
        .containsExactly("a/Long.java: 401 lines, at most 400");
  }

  @Test
  void unfinishedFileIsFound() throws IOException {
    file("a/Half.java", "// " + "TO" + "DO the rest\n");
    assertThat(SourceTree.fileFaults(sources)).containsExactly("a/Half.java: says TO" + "DO");
  }
}
