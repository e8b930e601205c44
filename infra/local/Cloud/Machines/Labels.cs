namespace Launchpad.Local.Machines;

/// <summary>Whose a container or a network is: several stacks share one daemon.</summary>
internal static class Labels
{
    public const string Home = "launchpad.home";

    public const string Machine = "launchpad.machine";

    public static string Of(string home) => $"{Home}={home}";
}
