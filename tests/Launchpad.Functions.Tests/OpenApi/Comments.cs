using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Launchpad.Functions.Tests.OpenApi;

/// <summary>What the comments in the sources say, from the files that the compiler writes.</summary>
internal static class Comments
{
    private static readonly Dictionary<string, XElement> Known = Directory
        .EnumerateFiles(AppContext.BaseDirectory, "Launchpad.*.xml")
        .SelectMany(file => XDocument.Load(file).Descendants("member"))
        .GroupBy(member => member.Attribute("name")!.Value)
        .ToDictionary(members => members.Key, members => members.First());

    public static string? Of(Type type) => Text(Known.GetValueOrDefault($"T:{Name(type)}")?.Element("summary"));

    public static string? Of(MethodInfo method)
    {
        var prefix = $"M:{Name(method.DeclaringType!)}.{method.Name}";
        var found = Known.FirstOrDefault(one => one.Key == prefix || one.Key.StartsWith($"{prefix}(", StringComparison.Ordinal)).Value;
        return Text(found?.Element("summary"));
    }

    /// <summary>Of a property, or of the parameter that a record makes it from.</summary>
    public static string? Of(MemberInfo member) =>
        Text(Known.GetValueOrDefault($"P:{Name(member.DeclaringType!)}.{member.Name}")?.Element("summary"))
        ?? Text(Known.GetValueOrDefault($"T:{Name(member.DeclaringType!)}")?.Elements("param")
            .FirstOrDefault(parameter => parameter.Attribute("name")!.Value == member.Name));

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    private static string? Text(XElement? element) => element is null
        ? null
        : Regex.Replace(string.Concat(element.Nodes().Select(Text)), @"\s+", " ").Trim() is { Length: > 0 } text ? text : null;

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } see => $"`{(see.Attribute("cref") ?? see.Attribute("name"))!.Value.Split('.', ':')[^1]}`",
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };
}
