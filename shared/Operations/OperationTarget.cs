namespace Launchpad.Shared.Operations;

/// <summary>Which operation works on which deployment: the beginning of what every activity is given that changes anything.</summary>
public record OperationTarget(string Operation, string Account, string Deployment);
