using System.Reflection;
using System.Xml.Linq;

namespace Launchpad.Standins.Tests;

/// <summary>
/// A stand-in never offers what the real package lacks. <c>Surface/{PackageId}.txt</c> lists the public and protected members of the real
/// package (all of them or those that matter here), written from its documentation or repository and never from the stand-in.
/// <para>The format is C# without bodies, one declaration a line:</para>
/// <list type="bullet">
/// <item>a line that starts at the margin opens a type:
/// <c>class|record|struct|interface|enum|delegate Namespace.Type&lt;T&gt; : Base, IFace</c>. A nested type is
/// <c>Namespace.Outer.Inner</c>. Interfaces that follow from another one need not be listed.</item>
/// <item>an indented line is a member of it: <c>Type(string name)</c> a constructor,
/// <c>static Task&lt;T&gt; Get&lt;T&gt;(this IFoo foo, int n = 1) where T : class</c>, <c>string Name { get; init; }</c>,
/// <c>string this[int index] { get; }</c>, <c>event EventHandler Changed</c>, <c>const int Max</c>, <c>static readonly</c> fields as
/// <c>static int Zero</c>, <c>static T op_Implicit(string value)</c>, <c>Red = 1</c> in an enum,
/// <c>void Invoke(int n)</c> in a delegate.</item>
/// <item><c>public</c> is left out, <c>protected</c> is written. Types go without their namespaces. A default of null or default(T) is
/// <c>default</c>, one of an enum is <c>Enum.Member</c>. The ? of a reference type is left out, as are virtual, abstract, sealed,
/// override, required and attributes: they are not compared. A class with no constructor listed has the parameterless one.</item>
/// <item># begins a comment.</item>
/// </list>
/// A stand-in may lack bases, members, and accessors of a property. What a compiler adds to a record is expected of a type listed as one.
/// Overrides add nothing to the surface and are not looked at.
/// </summary>
public sealed class SurfaceTests
{
    private static readonly string s_standIns = Repository.File("infra", "standins");

    public static TheoryData<string> Packages => [.. Directory.GetFiles(s_standIns, "*.csproj", SearchOption.AllDirectories)
        .Select(project => Path.GetFileNameWithoutExtension(project)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_stand_in_offers_only_what_the_real_package_has(string package)
    {
        var list = Repository.File("tests", "Launchpad.Standins.Tests", "Surface", package + ".txt");
        Assert.True(File.Exists(list), $"{package} has no list of the real package's members: write {list}");

        var surplus = SurfaceList.Read(list).WhatIsMissingFor(Load(package));

        Assert.True(surplus.Count is 0, $"{package} has not, or {Path.GetFileName(list)} does not list:\n" + string.Join('\n', surplus));
    }

    private static Assembly Load(string package)
    {
        var project = XDocument.Load(Path.Combine(s_standIns, package, package + ".csproj"));
        var name = project.Descendants("AssemblyName").SingleOrDefault()?.Value ?? package;
        return Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
    }
}
