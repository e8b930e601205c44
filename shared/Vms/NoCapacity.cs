using System.Globalization;
using System.Text.RegularExpressions;
using Azure;

namespace Launchpad.Shared.Vms;

/// <summary>The cloud has no machine of the size to give at the moment. That passes: others are given back, limits are raised.</summary>
public sealed class NoCapacityException(string reason, Exception inner) : Exception(reason, inner);

/// <summary>Tells a cloud that is full from one that refuses.</summary>
public static partial class NoCapacity
{
    /// <returns>Why, for people; null when it is another failure.</returns>
    public static string? Reason(RequestFailedException failure, string size, string location)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return Reason(new VmFault(failure.ErrorCode, failure.Message), size, location);
    }

    /// <summary>Most often it turns out only after the order was taken, when the machine fails.</summary>
    /// <inheritdoc cref="Reason(RequestFailedException, string, string)"/>
    public static string? Reason(VmFault fault, string size, string location)
    {
        ArgumentNullException.ThrowIfNull(fault);
        return fault.Code switch
        {
            "OperationNotAllowed" or "QuotaExceeded" when Quota().Match(fault.Message) is { Success: true } found => Tell(found, location),
            "SkuNotAvailable" or "AllocationFailed" or "ZonalAllocationFailed" or "OverconstrainedAllocationRequest"
                or "OverconstrainedZonalAllocationRequest" => $"Azure has no {size} to give in {location} ({fault.Code}).",
            _ => null,
        };
    }

    private static string Tell(Match found, string location)
    {
        int Number(string group) => int.Parse(found.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        var (limit, used) = (Number("limit"), Number("used"));
        return $"{Math.Max(0, limit - used)} of {limit} cores are free in {location}, and {Number("more")} are needed.";
    }

    // "… exceeding approved Total Regional Cores quota. … Current Limit: 10, Current Usage: 8, Additional Required: 4, …"
    [GeneratedRegex(
        @"quota.*Current Limit: (?<limit>\d+), Current Usage: (?<used>\d+), Additional Required: (?<more>\d+)",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Quota();
}
