package org.velella.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.velella.notebooks.Message.Kind;

class MessageTest {
  private static List<String> problems(String output) {
    return OutputRules.problems(Message.split(output));
  }

  @Test
  void anOrderAtTheBeginningOfALineSaysTheKind() {
    assertThat(Message.split("a %html b\n%html <b>c</b>\n%text d"))
        .containsExactly(
            new Message(Kind.TEXT, "a %html b\n"),
            new Message(Kind.HTML, "<b>c</b>\n"),
            new Message(Kind.TEXT, "d"));
    assertThat(Message.split("%unknown x")).containsExactly(new Message(Kind.TEXT, "%unknown x"));
    assertThat(Message.split("")).isEmpty();
  }

  @Test
  void aTableGoesOnUpToAnEmptyLine() {
    List<Message> messages = Message.split("%table a\tb\n%text\t1\n\n%html <i/>");
    assertThat(messages).extracting(Message::kind).containsExactly(Kind.TABLE, Kind.HTML);
    assertThat(messages.get(0).rows()).containsExactly(List.of("a", "b"), List.of("%text", "1"));
  }

  @Test
  void aTableNeedsRowsOfOneLength() {
    assertThat(problems("%table a\tb\n1\t2\n")).isEmpty();
    assertThat(problems("%table a\tb\n1\t\n\n")).isEmpty();
    assertThat(problems("%table a\tb\n")).singleElement().asString().contains("no rows");
    assertThat(problems("%table a\tb\n1\n")).singleElement().asString().contains("1 cells, not 2");
  }

  @Test
  void markupThatIsOpenIsFound() {
    assertThat(problems("%html <p>a &lt; b</p>")).isEmpty();
    assertThat(problems("%html <p>a < b</p>")).singleElement().asString().contains("well-formed");
    // What a shell says after a figure belongs to it.
    assertThat(problems("%html <p/>\nval x: Int = 1"))
        .singleElement()
        .asString()
        .contains("text beside", "val x");
  }

  @Test
  void markupThatActsOrLoadsIsFound() {
    assertThat(problems("%html <script>1</script>")).anyMatch(text -> text.contains("<script>"));
    assertThat(problems("%html <p onclick=\"f()\"/>")).anyMatch(text -> text.contains("onclick"));
    assertThat(problems("%html <img src=\"http://a/b\"/>")).anyMatch(text -> text.contains("src"));
    assertThat(problems("%html <p style=\"a: url(b)\"/>")).anyMatch(text -> text.contains("url"));
  }

  @Test
  void figuresNeedATitleAndSomethingToSee() {
    assertThat(problems("%html <svg/>"))
        .anyMatch(text -> text.contains("viewBox"))
        .anyMatch(text -> text.contains("no title"))
        .anyMatch(text -> text.contains("0 paths"));
  }

  @Test
  void whatZeppelinWouldCutOffIsFound() {
    assertThat(problems("a".repeat(102_400))).isEmpty();
    assertThat(problems("ä".repeat(51_201))).singleElement().asString().contains("102402 bytes");
  }

  @Test
  void formsStandInText() {
    Forms forms = new Forms(Map.of("1/b", "7", "1/kind", "two", "1/c", "x,z", "folder", "f"));
    assertThat(forms.expand("${a=1} ${b=2} ${kind=one,one(Eins)|two(Zwei)} ${free} $d"))
        .isEqualTo("1 7 two  $d");
    assertThat(forms.expand("${checkbox:c=x|y,x|y|z}")).isEqualTo("x,z");
    assertThat(forms.expand("${checkbox:e=x|y,x|y|z}")).isEqualTo("x,y");
    assertThat(forms.names()).containsExactly("1/a", "1/b", "1/c", "1/e", "1/free", "1/kind");
    assertThat(forms.unused()).containsExactly("folder");
    forms.begin(2);
    assertThat(forms.expand("${b=2} $${folder=g}")).isEqualTo("2 f");
    assertThat(forms.unused()).isEmpty();
  }

  @Test
  void optionsThatAreNotOfferedAreRefused() {
    Forms forms = new Forms(Map.of("1/kind", "three"));
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> forms.expand("${kind=one,one|two}"))
        .hasMessageContaining("'1/kind' offers [one, two], not 'three'");
  }
}
