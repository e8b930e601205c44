namespace Launchpad.Functions.Auth;

/// <summary>It destroys, gives back or reveals: the session alone is not enough, its owner has to have proven himself in the last few minutes.
/// Tests know which routes have to have it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StepUpAttribute : Attribute
{
    /// <summary>False where asking only what would be done needs none (<see cref="ChangePreviews.IsAsked"/>).</summary>
    public bool OfPreviews { get; init; } = true;
}
