namespace Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

/// <summary>The root of everything that binds a function to the outside.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BindingAttribute : Attribute
{
    public BindingAttribute() { }
}

/// <summary>The root of the attributes that start a function.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute
{
    public TriggerBindingAttribute() { }
}

/// <summary>The root of the attributes that give a function something beside its trigger.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class InputBindingAttribute : BindingAttribute
{
    public InputBindingAttribute() { }
}

/// <summary>The root of the attributes that say where a result goes.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Property)]
public abstract class OutputBindingAttribute : BindingAttribute
{
    public OutputBindingAttribute() { }
}
