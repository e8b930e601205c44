using System.Reflection;
using System.Reflection.Emit;
using Launchpad.Host.Worker;
using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Binder = Microsoft.Azure.WebJobs.Binder;

namespace Launchpad.Host.Durable;

/// <summary>The app's durable functions as the WebJobs SDK wants to find them: methods of a type. Each hands its call to the
/// app.</summary>
internal sealed class FunctionTypes : ITypeLocator
{
    /// <summary>Not part of the app: called once, to learn from the extension what a durable client needs.</summary>
    public const string ClientName = "LaunchpadDurableClient";

    private static readonly Dictionary<string, Type> Triggers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["orchestrationTrigger"] = typeof(OrchestrationTriggerAttribute),
        ["activityTrigger"] = typeof(ActivityTriggerAttribute),
        ["entityTrigger"] = typeof(EntityTriggerAttribute),
    };

    private readonly Type _type;

    public FunctionTypes(IEnumerable<AppFunction> functions, Func<string, string, Binder, CancellationToken, Task<object?>> run)
    {
        DurableCalls.Runner = run;
        var module = AssemblyBuilder.DefineDynamicAssembly(new("Launchpad.App"), AssemblyBuilderAccess.Run).DefineDynamicModule("app");
        var type = module.DefineType("App", TypeAttributes.Public | TypeAttributes.Class);
        foreach (var function in functions.Where(function => Triggers.ContainsKey(function.TriggerType)))
        {
            Define(type, function);
        }

        _type = type.CreateType();
    }

    public IReadOnlyList<Type> GetTypes() => [_type, typeof(DurableCalls)];

    private static void Define(TypeBuilder type, AppFunction function)
    {
        Type[] parameters = [typeof(string), typeof(Binder), typeof(CancellationToken)];
        var method = type.DefineMethod(
            function.Name, MethodAttributes.Public | MethodAttributes.Static, typeof(Task<object>), parameters);
        method.SetCustomAttribute(Attribute(typeof(FunctionNameAttribute), function.Name));
        var trigger = method.DefineParameter(1, ParameterAttributes.None, function.TriggerName);
        trigger.SetCustomAttribute(TriggerAttribute(function));
        method.DefineParameter(2, ParameterAttributes.None, "binder");
        method.DefineParameter(3, ParameterAttributes.None, "stop");
        var body = method.GetILGenerator();
        body.Emit(OpCodes.Ldstr, function.Name);
        body.Emit(OpCodes.Ldarg_0);
        body.Emit(OpCodes.Ldarg_1);
        body.Emit(OpCodes.Ldarg_2);
        body.Emit(OpCodes.Call, typeof(DurableCalls).GetMethod(nameof(DurableCalls.Run))!);
        body.Emit(OpCodes.Ret);
    }

    /// <summary>An orchestration, activity or entity may have another name than its function.</summary>
    private static CustomAttributeBuilder TriggerAttribute(AppFunction function)
    {
        var type = Triggers[function.TriggerType];
        var property = type.GetProperty(type.Name[..^"TriggerAttribute".Length]) ?? type.GetProperty("EntityName");
        var name = property is null ? null : function.Property(property.Name)?.GetString();
        return name is null
            ? Attribute(type)
            : new CustomAttributeBuilder(type.GetConstructor([])!, [], [property!], [name]);
    }

    private static CustomAttributeBuilder Attribute(Type type, params object[] arguments) =>
        new(type.GetConstructor([.. arguments.Select(argument => argument.GetType())])!, arguments);
}

/// <summary>What emitted methods call: they are an assembly of their own and see only what is public.</summary>
public static class DurableCalls
{
    internal static Func<string, string, Binder, CancellationToken, Task<object?>>? Runner { get; set; }

    /// <summary>Runs a function of the app.</summary>
    public static Task<object?> Run(string function, string input, Binder binder, CancellationToken stop) =>
        Runner!(function, input, binder, stop);

    /// <summary>Gives the client's JSON to whoever calls.</summary>
    [FunctionName(FunctionTypes.ClientName)]
    [NoAutomaticTrigger]
#pragma warning disable DF0203 // A worker in another process gets its client as text.
    public static void Client([DurableClient] string client, TaskCompletionSource<string> answer)
#pragma warning restore DF0203
    {
        ArgumentNullException.ThrowIfNull(answer);
        answer.TrySetResult(client);
    }
}
