namespace Launchpad.Functions.Auth;

/// <summary>It destroys or reveals: the session alone is not enough, its owner has to have proven himself in the last few minutes. A test
/// knows which routes have to have it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StepUpAttribute : Attribute;
