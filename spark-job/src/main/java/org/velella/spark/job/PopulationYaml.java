package org.velella.spark.job;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.velella.population.Item;
import org.velella.population.PopulationFile;
import org.velella.population.PopulationNetwork;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Networks of populations, as YAML. Every value is the text that it is in the file; aliases of
 * lists and maps are refused, so that a small file stays small.
 */
final class PopulationYaml {
  /** Lists of weights may be long. */
  private static final int MOST_CHARACTERS = 1 << 28;

  private PopulationYaml() {}

  /**
   * The network that a text describes.
   *
   * @throws org.velella.network.NetworkException if it describes none; the message says where
   * @throws UsageException if it is no YAML
   */
  static PopulationNetwork read(String uri, String text) {
    return PopulationFile.read(item(uri, root(uri, text)));
  }

  private static Node root(String uri, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(0);
    options.setCodePointLimit(MOST_CHARACTERS);
    Node root;
    try {
      root = new Yaml(options).compose(new StringReader(text));
    } catch (YAMLException e) {
      throw new UsageException("The network " + uri + " is not YAML: " + e.getMessage(), e);
    }
    if (root == null) {
      throw new UsageException("The network " + uri + " is empty");
    }
    return root;
  }

  private static Item item(String uri, Node node) {
    String place = "line " + (node.getStartMark().getLine() + 1);
    if (node instanceof SequenceNode sequence) {
      List<Item> items = new ArrayList<>(sequence.getValue().size());
      sequence.getValue().forEach(each -> items.add(item(uri, each)));
      return Item.list(place, items);
    }
    if (node instanceof MappingNode mapping) {
      Map<String, Item> parts = new LinkedHashMap<>();
      for (NodeTuple tuple : mapping.getValue()) {
        Node key = tuple.getKeyNode();
        String at = "line " + (key.getStartMark().getLine() + 1);
        if (!(key instanceof ScalarNode name)) {
          throw new UsageException("The network %s, %s: a name must be a text".formatted(uri, at));
        }
        if (parts.put(name.getValue(), item(uri, tuple.getValueNode())) != null) {
          throw new UsageException(
              "The network %s, %s: '%s' is given twice".formatted(uri, at, name.getValue()));
        }
      }
      return Item.map(place, parts);
    }
    return Item.text(place, ((ScalarNode) node).getValue());
  }
}
