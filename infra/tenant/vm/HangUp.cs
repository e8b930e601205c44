namespace Launchpad.Vm;

/// <summary>
/// Ends the program when nobody listens any more: the control plane was cancelled, ran out of time or is gone, and whatever it asks for
/// next must not meet what it no longer wants. sshd sends a forced command no signal; that its output is no longer read is all it is told.
/// A second run starts from what this one left.
/// </summary>
internal static class HangUp
{
    private const int StandardOutput = 1;

    public static void Watch()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Command.KillAll();
        new Thread(() =>
        {
            Libc.WaitUntilUnread(StandardOutput);
            Environment.Exit(1);
        })
        {
            IsBackground = true,
        }.Start();
    }
}
