package org.velella.notebooks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** What must hold of everything that a cell shows, by whatever it was run. */
final class OutputRules {
  /** What Zeppelin shows of a cell unless set otherwise; the rest is cut off. */
  static final int MOST_BYTES = 102_400;

  private static final Set<String> BANNED =
      Set.of("script", "iframe", "object", "embed", "link", "base", "form", "foreignobject");

  private OutputRules() {}

  /** What is wrong with a cell's output, in words; nothing if all is well. */
  static List<String> problems(List<Message> messages) {
    List<String> problems = new ArrayList<>();
    int bytes = messages.stream().mapToInt(message -> message.text().getBytes(UTF_8).length).sum();
    if (bytes > MOST_BYTES) {
      problems.add("It shows %d bytes; Zeppelin cuts off after %d".formatted(bytes, MOST_BYTES));
    }
    for (Message message : messages) {
      switch (message.kind()) {
        case HTML -> problems.addAll(html(message.text()));
        case TABLE -> problems.addAll(table(message));
        case TEXT -> {}
        default -> problems.add("Notes show no %s".formatted(message.kind()));
      }
    }
    return problems;
  }

  private static List<String> table(Message message) {
    List<List<String>> rows = message.rows();
    int columns = rows.get(0).size();
    List<String> problems = new ArrayList<>();
    if (rows.size() < 2) {
      problems.add("The table %s has no rows".formatted(rows.get(0)));
    }
    for (List<String> row : rows) {
      if (row.size() != columns) {
        problems.add("A row has %d cells, not %d: %s".formatted(row.size(), columns, row));
      }
    }
    return problems;
  }

  /** HTML that is also XML can have no element that is open, and no text that became markup. */
  private static List<String> html(String text) {
    Document document;
    try {
      document = builder().parse(new InputSource(new StringReader("<div>" + text + "</div>")));
    } catch (SAXException e) {
      return List.of("The HTML is not well-formed: " + e.getMessage());
    } catch (IOException e) {
      throw new IllegalStateException("A string can be read", e);
    }
    List<String> problems = new ArrayList<>();
    for (Node node = document.getDocumentElement().getFirstChild();
        node != null;
        node = node.getNextSibling()) {
      if (node.getNodeType() == Node.TEXT_NODE && !node.getTextContent().isBlank()) {
        // What the shell says of values stands behind all that the cell prints.
        problems.add("There is text beside the HTML: %s".formatted(node.getTextContent()));
      }
    }
    NodeList elements = document.getElementsByTagName("*");
    for (int i = 0; i < elements.getLength(); i++) {
      element((Element) elements.item(i), problems);
    }
    NodeList figures = document.getElementsByTagName("svg");
    for (int i = 0; i < figures.getLength(); i++) {
      figure((Element) figures.item(i), problems);
    }
    return problems;
  }

  private static void element(Element element, List<String> problems) {
    if (BANNED.contains(element.getTagName().toLowerCase(Locale.ROOT))) {
      problems.add("There is a <%s>".formatted(element.getTagName()));
    }
    NamedNodeMap attributes = element.getAttributes();
    for (int i = 0; i < attributes.getLength(); i++) {
      Attr attribute = (Attr) attributes.item(i);
      String name = attribute.getName().toLowerCase(Locale.ROOT);
      String value = attribute.getValue().toLowerCase(Locale.ROOT);
      boolean loads = name.endsWith("href") || name.equals("src") || value.contains("url(");
      if (name.startsWith("on") || loads || value.contains("javascript:")) {
        problems.add("<%s> has %s".formatted(element.getTagName(), attribute));
      }
      if (value.contains("nan") || value.contains("infinity")) {
        problems.add("<%s> has a place that is no number: %s".formatted(element, attribute));
      }
    }
  }

  private static void figure(Element svg, List<String> problems) {
    if (!svg.getAttribute("viewBox").matches("0 0 [1-9][0-9]* [1-9][0-9]*")) {
      problems.add("A figure has the viewBox '%s'".formatted(svg.getAttribute("viewBox")));
    }
    NodeList titles = svg.getElementsByTagName("title");
    if (titles.getLength() == 0 || titles.item(0).getTextContent().isBlank()) {
      problems.add("A figure has no title");
    }
    int paths = svg.getElementsByTagName("path").getLength();
    int texts = svg.getElementsByTagName("text").getLength();
    if (paths < 3 || texts < 5) {
      problems.add("A figure has %d paths and %d texts".formatted(paths, texts));
    }
  }

  private static DocumentBuilder builder() {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      return builder;
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("Every Java reads XML", e);
    }
  }
}
