using System.Reflection;
using System.Text.RegularExpressions;

namespace Launchpad.Standins.Tests;

/// <summary>The checked-in list of one real package; <see cref="SurfaceTests"/> documents its format.</summary>
internal sealed partial class SurfaceList
{
    private const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    private readonly Dictionary<string, ListedType> _types;

    private SurfaceList(Dictionary<string, ListedType> types) => _types = types;

    public static SurfaceList Read(string path)
    {
        Dictionary<string, ListedType> types = [];
        ListedType? current = null;
        foreach (var line in File.ReadLines(path).Where(line => line.Trim() is not "" && line.TrimStart()[0] is not '#'))
        {
            if (!char.IsWhiteSpace(line[0]))
            {
                var head = TypeLine().Match(line);
                Assert.True(head.Success, $"{path}: not a type: {line}");
                current = new(head.Groups["kind"].Value, Split(head.Groups["bases"].Value), []);
                types.Add(head.Groups["name"].Value, current);
            }
            else
            {
                Assert.True(current is not null, $"{path}: a member before the first type: {line}");
                current.Members.Add(Member.Parse(line.Trim()));
            }
        }

        return new(types);
    }

    public IReadOnlyList<string> WhatIsMissingFor(Assembly standIn)
    {
        List<string> missing = [];
        foreach (var type in standIn.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            var name = Signature.FullName(type);
            if (!_types.TryGetValue(name, out var listed))
            {
                missing.Add($"{Signature.Kind(type)} {name}");
                continue;
            }

            missing.AddRange(Compare(type, listed).Select(difference => $"{name}: {difference}"));
        }

        return missing;
    }

    private static IEnumerable<string> Compare(Type type, ListedType listed)
    {
        var kind = Signature.Kind(type);
        if (kind != listed.Kind && (kind, listed.Kind) is not ("class", "record"))
        {
            yield return $"is a {kind}, not a {listed.Kind}";
        }

        foreach (var surplus in Signature.Bases(type).Except(listed.Bases))
        {
            yield return $": {surplus}";
        }

        var implied = Member.Parse((type.IsAbstract ? "protected " : "") + Signature.Simple(type) + "()");
        var members = listed.Members.Any(member => member.IsConstructorOf(type)) ? listed.Members : [.. listed.Members, implied];
        foreach (var member in Signature.Members(type).Select(Member.Parse).Where(member => !members.Any(member.IsWithin)))
        {
            yield return member.Text;
        }
    }

    /// <summary>Splits at the commas that are not inside angle brackets.</summary>
    private static HashSet<string> Split(string bases)
    {
        HashSet<string> parts = [];
        var (start, depth) = (0, 0);
        for (var i = 0; i <= bases.Length; i++)
        {
            if (i == bases.Length || bases[i] is ',' && depth is 0)
            {
                parts.Add(bases[start..i].Trim());
                start = i + 1;
            }
            else
            {
                depth += bases[i] switch { '<' => 1, '>' => -1, _ => 0 };
            }
        }

        parts.Remove("");
        return parts;
    }

    [GeneratedRegex(@"^(?<kind>class|record|struct|interface|enum|delegate) (?<name>[\w.]+(<[^>]+>)?)( : (?<bases>.+))?$")]
    private static partial Regex TypeLine();

    private sealed record ListedType(string Kind, HashSet<string> Bases, List<Member> Members);

    /// <summary>A declaration, and of a property its accessors: a stand-in may have fewer of those.</summary>
    private sealed record Member(string Declaration, HashSet<string> Accessors, string Text)
    {
        public static Member Parse(string line)
        {
            var text = line.Replace(" = null", " = default", StringComparison.Ordinal);
            var brace = text.IndexOf(" {", StringComparison.Ordinal);
            return brace < 0
                ? new(text, [], text)
                : new(text[..brace], [.. text[(brace + 2)..].TrimEnd('}', ' ').Split(';', Trimmed)], text);
        }

        public bool IsConstructorOf(Type type)
        {
            var name = Signature.Simple(type) + "(";
            return Declaration.StartsWith(name, StringComparison.Ordinal)
                || Declaration.StartsWith("protected " + name, StringComparison.Ordinal);
        }

        public bool IsWithin(Member listed) => Declaration == listed.Declaration && Accessors.IsSubsetOf(listed.Accessors);
    }
}
