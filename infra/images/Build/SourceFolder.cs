using System.Reflection;

namespace Launchpad.Images;

/// <summary>The folder this program was built from: recipes read their checked-in inputs there.</summary>
internal static class SourceFolder
{
    private static readonly string Root = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key is "ImagesFolder").Value!;

    public static string Path(string folder) => System.IO.Path.Combine(Root, folder) is var path && Directory.Exists(path)
        ? path
        : throw new ImageFailedException($"{System.IO.Path.Combine(Root, folder)} is missing: build this program where it is to run.");
}
