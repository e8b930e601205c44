using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Launchpad.Host.Discovery;

/// <summary>One method that carries [Function].</summary>
internal sealed class Function : FunctionDefinition
{
    public Function(string name, MethodInfo method)
    {
        Name = name;
        Method = method;
        EntryPoint = $"{method.DeclaringType!.FullName}.{method.Name}";
        PathToAssembly = method.DeclaringType.Assembly.Location;
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{EntryPoint}:{name}")))[..16];
        Arguments = [.. method.GetParameters()];
        Parameters = [.. Arguments.Select(a => new FunctionParameter(a.Name!, a.ParameterType, a.HasDefaultValue, a.DefaultValue))];

        var triggers = Arguments.Where(a => a.GetCustomAttribute<TriggerBindingAttribute>() is not null).ToList();
        TriggerArgument = triggers.Count == 1 ? triggers[0] : throw Invalid($"has {triggers.Count} triggers instead of one");
        Trigger = TriggerArgument.GetCustomAttribute<TriggerBindingAttribute>()!;
        InputBindings = Arguments
            .Select(a => (a.Name, Attribute: a.GetCustomAttribute<BindingAttribute>()))
            .Where(a => a.Attribute is not null)
            .ToImmutableDictionary(a => a.Name!, a => (BindingMetadata)new Binding(a.Name!, TypeOf(a.Attribute!), BindingDirection.In));
        OutputBindings = Trigger is HttpTriggerAttribute
            ? ImmutableDictionary<string, BindingMetadata>.Empty.Add("$return", new Binding("$return", "http", BindingDirection.Out))
            : ImmutableDictionary<string, BindingMetadata>.Empty;
    }

    public override string Name { get; }

    public override string Id { get; }

    public override string EntryPoint { get; }

    public override string PathToAssembly { get; }

    public override ImmutableArray<FunctionParameter> Parameters { get; }

    public override IImmutableDictionary<string, BindingMetadata> InputBindings { get; }

    public override IImmutableDictionary<string, BindingMetadata> OutputBindings { get; }

    public MethodInfo Method { get; }

    public ImmutableArray<ParameterInfo> Arguments { get; }

    public ParameterInfo TriggerArgument { get; }

    public TriggerBindingAttribute Trigger { get; }

    /// <summary>httpTrigger, timerTrigger, orchestrationTrigger, activityTrigger.</summary>
    public string TriggerType => TypeOf(Trigger);

    public InvalidOperationException Invalid(string reason) => new($"Function '{Name}' ({EntryPoint}) {reason}.");

    private static string TypeOf(BindingAttribute attribute)
    {
        var name = attribute.GetType().Name[..^nameof(Attribute).Length];
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private sealed class Binding(string name, string type, BindingDirection direction) : BindingMetadata
    {
        public override string Name => name;

        public override string Type => type;

        public override BindingDirection Direction => direction;
    }
}
