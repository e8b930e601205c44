using System.Text.Json.Nodes;

namespace Launchpad.Vm.Tests.Unit;

/// <summary>As much of YAML as a compose file of ours has: sections and lists by indentation, values plain or as JSON.</summary>
internal static class Yaml
{
    public static JsonNode Read(string text)
    {
        var lines = text.Split('\n').Where(line => line.Trim() is { Length: > 0 } said && said[0] != '#').ToList();
        var at = 0;
        var document = Block(lines, ref at, 0);
        return at == lines.Count ? document : throw new FormatException($"This is at no place: {lines[at]}");
    }

    private static JsonNode Block(List<string> lines, ref int at, int indent)
    {
        if (lines[at][indent..].StartsWith("- ", StringComparison.Ordinal))
        {
            var list = new JsonArray();
            while (at < lines.Count && Indent(lines[at]) == indent && lines[at][indent] == '-')
            {
                // What follows the dash is a line of its own.
                lines[at] = $"{new string(' ', indent + 2)}{lines[at][(indent + 2)..]}";
                list.Add(lines[at].TrimStart()[0] is '"' ? Value(lines[at++].Trim()) : Block(lines, ref at, indent + 2));
            }

            return list;
        }

        var section = new JsonObject();
        while (at < lines.Count && Indent(lines[at]) == indent)
        {
            var (name, value) = (lines[at].Split(':', 2)[0].Trim(), lines[at].Split(':', 2)[1].Trim());
            at++;
            section.Add(name, value.Length > 0 ? Value(value) : Block(lines, ref at, Indent(lines[at])));
        }

        return section;
    }

    private static int Indent(string line) => line.Length - line.TrimStart().Length;

    private static JsonNode Value(string text) => text[0] is '"' or '[' ? JsonNode.Parse(text)! : JsonValue.Create(text);
}
