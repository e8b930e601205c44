namespace Launchpad.Shared.Health;

/// <summary>Which machines do not look well, by what they tell of themselves and by what is seen of their bots from outside.</summary>
public sealed class Lookout(Sweep sweep, MachineSweep machines, PublicProbe outside, TimeProvider clock)
{
    public async Task<IReadOnlyList<Suspect>> SuspectsAsync(CancellationToken ct)
    {
        var swept = await sweep.RunAsync(clock.GetUtcNow(), ct);
        var unseen = await outside.UnseenAsync(swept.Turn, ct);
        return Suspect.Merge(
            swept.Suspects.Concat(unseen.GroupBy(bot => bot.Vm).Select(bots => new Suspect(bots.First().Tier, bots.Key, [.. bots]))));
    }

    /// <param name="vm">One that has just told something new.</param>
    /// <param name="ct">Stops the wait.</param>
    public async Task<Suspect?> SuspectAsync(string vm, CancellationToken ct) =>
        (await machines.LookAsync(vm, clock.GetUtcNow(), ct))?.Suspect;
}
