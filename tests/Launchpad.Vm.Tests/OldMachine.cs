using System.Text.Encodings.Web;

namespace Launchpad.Vm.Tests;

/// <summary>A machine that was booted with the first entry script that we ever put on one. It knows six words.</summary>
public sealed class OldMachine : Machine
{
    protected override string UserData(string today)
    {
        var old = today.Replace(Scalar("launchpad-vm-entry"), Scalar("launchpad-vm-entry.57c7a05"), StringComparison.Ordinal);
        Assert.NotEqual(today, old);
        return old;
    }

    // As CloudInit writes a script into the user data.
    private static string Scalar(string script) => JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "tenant", script)));
}

[CollectionDefinition(Name)]
public sealed class OldMachineCollection : ICollectionFixture<OldMachine>
{
    public const string Name = "old machine";
}
