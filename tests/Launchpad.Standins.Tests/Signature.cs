using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Launchpad.Standins.Tests;

/// <summary>Writes what an assembly declares in the words of <see cref="SurfaceTests"/>.</summary>
internal static class Signature
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    private static readonly string[] s_recordMembers =
    [
        "Equals", "GetHashCode", "ToString", "PrintMembers", "EqualityContract", "<Clone>$", "Deconstruct", "op_Equality", "op_Inequality",
    ];

    public static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        _ when type.IsSubclassOf(typeof(Delegate)) => "delegate",
        _ when IsRecord(type) => "record",
        _ => "class",
    };

    public static string FullName(Type type) => type.Namespace + "." + Name(type);

    public static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum || type.IsSubclassOf(typeof(Delegate)))
        {
            return [];
        }

        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var own = type.GetInterfaces().Except(inherited).Where(@interface => @interface.IsVisible).ToArray().AsEnumerable();
        own = own.Except(own.SelectMany(@interface => @interface.GetInterfaces()));
        own = own.Where(@interface => !(IsRecord(type) && @interface == typeof(IEquatable<>).MakeGenericType(type)));
        var isRoot = type.BaseType is null || type.BaseType == typeof(object) || type.BaseType == typeof(ValueType);
        return (isRoot ? own : own.Prepend(type.BaseType!)).Select(Name);
    }

    public static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");
        }

        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return [Method(type.GetMethod("Invoke")!)];
        }

        return type.GetMembers(Declared).Where(member => !(IsRecord(type) && IsOfRecords(member))).Select(Member).OfType<string>();
    }

    private static string? Member(MemberInfo member) => member switch
    {
        ConstructorInfo { IsStatic: false } constructor when Visible(constructor) =>
            $"{Access(constructor)}{Simple(constructor.DeclaringType!)}({Parameters(constructor)})",
        MethodInfo method when Visible(method) && !IsAccessor(method) && method.GetBaseDefinition() == method => Method(method),
        PropertyInfo property when property.GetAccessors(nonPublic: true).FirstOrDefault(Visible) is { } accessor
            && accessor.GetBaseDefinition() == accessor => Property(property, accessor),
        EventInfo { AddMethod: { } add } @event when Visible(add) =>
            $"{Access(add)}{Static(add)}event {Name(@event.EventHandlerType!)} {@event.Name}",
        FieldInfo field when field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly =>
            $"{(field.IsPublic ? "" : "protected ")}{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}"
            + $"{Name(field.FieldType)} {field.Name}",
        _ => null,
    };

    private static string Method(MethodInfo method)
    {
        var access = method.DeclaringType!.IsSubclassOf(typeof(Delegate)) ? "" : Access(method) + Static(method);
        var arguments = method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{access}{Name(method.ReturnType)} {method.Name}{arguments}({Parameters(method)}){Constraints(method)}";
    }

    private static string Property(PropertyInfo property, MethodInfo visible)
    {
        var index = property.GetIndexParameters();
        var name = index.Length is 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        var accessors = new[] { (property.GetMethod, "get;"), (property.SetMethod, IsInit(property.SetMethod) ? "init;" : "set;") }
            .Where(accessor => accessor.Item1 is not null && Visible(accessor.Item1))
            .Select(accessor => (accessor.Item1!.IsPublic == visible.IsPublic ? "" : Access(accessor.Item1!)) + accessor.Item2);
        return $"{Access(visible)}{Static(visible)}{Name(property.PropertyType)} {name} {{ {string.Join(' ', accessors)} }}";
    }

    private static string Parameters(MethodBase method)
    {
        var extension = method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return extension + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        var passing = (type.IsByRef, parameter.IsOut, parameter.IsIn) switch
        {
            (true, true, _) => "out ",
            (true, _, true) => "in ",
            (true, _, _) => "ref ",
            _ => parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "",
        };
        var name = Name(type.IsByRef ? type.GetElementType()! : type);
        return $"{passing}{name} {parameter.Name}" + (parameter.HasDefaultValue ? " = " + Default(parameter) : "");
    }

    private static string Default(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null or DBNull => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        var value when parameter.ParameterType.IsEnum => $"{Name(parameter.ParameterType)}.{Enum.ToObject(parameter.ParameterType, value)}",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        var value => value.ToString()!,
    };

    private static string Constraints(MethodInfo method) => string.Concat(method.GetGenericArguments().Select(argument =>
    {
        var flags = argument.GenericParameterAttributes;
        var structure = flags.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        List<string> parts = [];
        if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            parts.Add("class");
        }

        parts.AddRange(structure ? ["struct"] : argument.GetGenericParameterConstraints().Select(Name));
        if (flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint) && !structure)
        {
            parts.Add("new()");
        }

        return parts.Count is 0 ? "" : $" where {argument.Name} : {string.Join(", ", parts)}";
    }));

    private static string Name(Type type)
    {
        if (s_keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        var outer = type is { IsNested: true, IsGenericParameter: false } ? Simple(type.DeclaringType!) + "." : "";
        var arguments = type.IsGenericType ? $"<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : "";
        return outer + Simple(type) + arguments;
    }

    public static string Simple(Type type) => type.Name.Split('`')[0];

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Static(MethodBase method) => method.IsStatic ? "static " : "";

    private static bool IsAccessor(MethodInfo method) =>
        method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsInit(MethodInfo? setter) =>
        setter?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) is true;

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null;

    private static bool IsOfRecords(MemberInfo member) => s_recordMembers.Contains(member.Name)
        || member is ConstructorInfo { IsPublic: false } copy
            && copy.GetParameters() is [{ } original] && original.ParameterType == member.DeclaringType;
}
