namespace Launchpad.Local.ResourceManager;

/// <summary>A refusal, in the form every Resource Manager client knows.</summary>
public sealed class ArmException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;
    public string Code { get; } = code;

    public static ArmException ResourceNotFound(string type, string name) => new(
        404, "ResourceNotFound",
        $"The Resource '{type}/{name}' under resource group '{Arm.Group}' was not found. "
        + "For more details please go to https://aka.ms/ARMResourceNotFoundFix");

    public static ArmException Invalid(string message) => new(400, "InvalidParameter", message);

    public IResult Answer() => Arm.Error(Status, new Failure(Code, Message));
}
