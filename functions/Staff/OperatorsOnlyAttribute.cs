namespace Launchpad.Functions.Staff;

/// <summary>It asks for the session of an operator; a customer's is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OperatorsOnlyAttribute : Attribute;
