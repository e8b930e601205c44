namespace Launchpad.Shared.Plans;

public enum Tier
{
    /// <summary>Placed on a VM with room, beside other bots.</summary>
    Shared,

    /// <summary>A VM of its own.</summary>
    Dedicated,
}

/// <summary>What part of its time in a month a bot is up, by promise.</summary>
/// <param name="Steps">What is given back where it was less, the least first.</param>
public sealed record UptimePromise(decimal Percent, IReadOnlyList<CreditStep> Steps)
{
    public static readonly UptimePromise Usual = new(99.5m, [new(99.5m, 10), new(99m, 25), new(95m, 50)]);

    /// <summary>Of a plan that is not sold any more it is what all of them promise.</summary>
    public static UptimePromise Of(string plan) => Plan.Find(plan)?.Uptime ?? Usual;

    /// <summary>How much of what was paid for the month is given back; 0 where the promise was kept.</summary>
    /// <param name="uptime">Null where there was no time to be up in.</param>
    public int CreditOf(decimal? uptime) => Steps.Where(step => uptime < step.Below).Select(step => step.CreditPercent).DefaultIfEmpty().Max();
}

/// <param name="Below">Percent of the time.</param>
/// <param name="CreditPercent">Of what was paid for the month.</param>
public sealed record CreditStep(decimal Below, int CreditPercent);

/// <summary>What a customer buys. OpenClaw needs 2 GB to answer, so no plan sells less.</summary>
/// <param name="MemoryMb">Hard limit of the bot's container, mebibytes.</param>
/// <param name="Cpus">CPU cores the bot may use.</param>
/// <param name="StorageMb">Quota of the bot's volume, mebibytes.</param>
/// <param name="VmSize">Size of the VM made for it; null where the pool's size is used.</param>
/// <param name="MonthlyCents">Price per month in the smallest unit of <paramref name="Currency"/>.</param>
/// <param name="BackupMonths">For how many months the last backup of each is kept, beyond those of the last weeks.</param>
/// <param name="TrialDays">For how many days the first order of an account is free; 0 for none.</param>
/// <param name="TakesCodes">Whether a promotion code can be typed on the payment page.</param>
public sealed record Plan(
    string Id, string Name, Tier Tier, int MemoryMb, double Cpus, int StorageMb, int Pids, string? VmSize,
    long MonthlyCents, string Currency, int BackupMonths = 0, int TrialDays = 0, bool TakesCodes = false)
{
    public static IReadOnlyList<Plan> All { get; } =
    [
        new("starter", "Starter", Tier.Shared, 2048, 2, 10_240, 512, null, 1900, "usd", TakesCodes: true),
        new("plus", "Plus", Tier.Shared, 4096, 2, 20_480, 512, null, 3900, "usd", BackupMonths: 12, TrialDays: 7, TakesCodes: true),
        new("dedicated", "Dedicated", Tier.Dedicated, 6144, 2, 40_960, 1024, "Standard_D2s_v5", 7900, "usd", BackupMonths: 12, TakesCodes: true),
    ];

    public UptimePromise Uptime { get; init; } = UptimePromise.Usual;

    /// <summary>False for one that nobody can order or change to any more. It stays in the list as long as a bot is on it: whatever is done with
    /// such a bot goes by its plan.</summary>
    public bool IsSold { get; init; } = true;

    /// <summary>The name under which the payment provider keeps the price.</summary>
    public string PriceLookupKey => $"launchpad-{Id}-{MonthlyCents}-{Currency}";

    public static IEnumerable<Plan> Sold => All.Where(plan => plan.IsSold);

    /// <summary>To be ordered or changed to; null for no such plan.</summary>
    public static Plan? FindSold(string? id) => Sold.FirstOrDefault(plan => plan.Id == id);

    public static Plan? Find(string? id) => All.FirstOrDefault(plan => plan.Id == id);

    public static Plan Get(string id) =>
        Find(id) ?? throw new PermanentException("plan-unknown", $"The plan '{id}' is not sold any more. Choose another plan.");
}
