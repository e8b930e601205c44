using System.Reflection;

namespace Launchpad.Processes;

internal static class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static string File(params string[] path) => Path.Combine([Root, .. path]);
}
