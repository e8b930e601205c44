namespace Launchpad.Local.Stacks;

/// <summary>What an operator sees of the machines of a stack that runs, and wants of them, and who is one.</summary>
internal static class MachineVerbs
{
    /// <param name="arguments">The verb, the machine where it takes one, and options.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments)
    {
        var plain = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToList();
        var up = UpArguments.Parse([.. arguments.Skip(plain.Count)]);
        var (record, terminal) = (StackRecord.Read(up.Home), new Terminal(up.Json));
        using var running = record?.Find();
        if (running is null || !record!.Ready)
        {
            throw new StackException($"No stack runs in {up.Home.Root}: `./launchpad up` starts it.");
        }

        var said = await new OperatorProgram(up, Ports.ForSlot(record.Slot), terminal).RunAsync(plain);
        if (up.Json)
        {
            Terminal.Result(new { ok = true, said });
        }
    }
}
