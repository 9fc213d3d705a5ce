package org.velella.neuron;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The texts in {@code core/docs/neurons.md} are those of the built-in models. */
class NeuronsPageTest {
  private static final Pattern BLOCK = Pattern.compile("```velella\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern VARIANT =
      Pattern.compile("(_scaled|_related|_undecayed|_soft|_maximum|_largest|_mean)+$");

  private static String page() throws IOException {
    return Files.readString(Path.of("docs", "neurons.md"));
  }

  private static Map<String, NeuronModel> catalogue() {
    Map<String, NeuronModel> byName = new LinkedHashMap<>();
    Catalogue.models().forEach(model -> byName.put(model.name(), model));
    return byName;
  }

  private static List<NeuronModel> shown() throws IOException {
    return BLOCK.matcher(page()).results().map(block -> NeuronModel.parse(block.group(1))).toList();
  }

  @Test
  void everyTextIsThatOfTheModelOfItsName() throws IOException {
    List<NeuronModel> shown = shown();
    assertThat(shown).hasSizeGreaterThan(18);
    for (NeuronModel model : shown) {
      assertThat(model).isEqualTo(catalogue().get(model.name()));
    }
  }

  @Test
  void everyFamilyHasATextAndEveryVariantAName() throws IOException {
    Set<String> families = new TreeSet<>();
    shown().forEach(model -> families.add(VARIANT.matcher(model.name()).replaceFirst("")));
    Matcher names = Pattern.compile("`([a-z_]+)`").matcher(page());
    Set<String> named = new TreeSet<>();
    names.results().forEach(name -> named.add(name.group(1)));
    for (String name : catalogue().keySet()) {
      String family = VARIANT.matcher(name).replaceFirst("");
      if (family.startsWith("liaf_")) {
        assertThat(named).contains(family);
      } else {
        assertThat(families).contains(family);
      }
    }
  }
}
