using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.Serialization;
using System.Text.Json;

namespace Azure.Data.Tables.Wire;

/// <summary>The public properties and fields of an entity class, under the names and types they have in the table.</summary>
internal sealed class EntityBinder
{
    private static readonly ConcurrentDictionary<Type, EntityBinder> s_known = new();

    private readonly Type _type;
    private readonly Member[] _members;

    private EntityBinder(Type type)
    {
        _type = type;
        var visible = type.GetMembers(BindingFlags.Public | BindingFlags.Instance)
            .Where(member => member is FieldInfo || member is PropertyInfo property && property.GetIndexParameters().Length is 0)
            .Where(member => !member.IsDefined(typeof(IgnoreDataMemberAttribute)))
            .ToArray();

        // An explicit implementation of ITableEntity is invisible on the class, but its keys must travel all the same.
        var hidden = typeof(ITableEntity).GetProperties().Where(key => visible.All(member => member.Name != key.Name));
        _members = [.. visible.Concat(hidden).Select(Member.Of)];
    }

    public static EntityBinder Of(Type type) => s_known.GetOrAdd(type, static type => new(type));

    public void Write(object entity, Action<string, object> write)
    {
        foreach (var member in _members)
        {
            if (member.Get is not null && member.Name is not nameof(ITableEntity.ETag) and not nameof(ITableEntity.Timestamp))
            {
                write(member.Name, member.Get(entity));
            }
        }
    }

    public object Read(Func<string, JsonElement?> property)
    {
        var entity = Activator.CreateInstance(_type);
        foreach (var member in _members)
        {
            var name = member.Name is nameof(ITableEntity.ETag) ? TableEntity.ETagKey : member.Name;
            if (member.Set is not null && property(name) is { } json)
            {
                member.Set(entity, Convert(json, member.Type));
            }
        }

        return entity;
    }

    private static object Convert(JsonElement json, Type type)
    {
        if (json.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        var target = Nullable.GetUnderlyingType(type) ?? type;
        return target switch
        {
            _ when target == typeof(string) => json.ValueKind is JsonValueKind.String ? json.GetString() : null,
            _ when target == typeof(bool) => json.GetBoolean(),
            _ when target == typeof(int) => json.GetInt32(),
            _ when target == typeof(long) => long.Parse(json.GetString(), CultureInfo.InvariantCulture),
            _ when target == typeof(ulong) => ulong.Parse(json.GetString(), CultureInfo.InvariantCulture),
            _ when target == typeof(double) => Double(json),
            _ when target == typeof(Guid) => json.GetGuid(),
            _ when target == typeof(DateTimeOffset) => DateTimeOffset.Parse(
                json.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            _ when target == typeof(DateTime) => DateTime.Parse(
                json.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            _ when target == typeof(byte[]) => json.GetBytesFromBase64(),
            _ when target == typeof(BinaryData) => BinaryData.FromBytes(json.GetBytesFromBase64()),
            _ when target == typeof(ETag) => new ETag(json.GetString()),
            { IsEnum: true } => Enum.Parse(target, json.GetString()),

            // A member of any other type keeps its default, as it does in the real package.
            _ => target.IsValueType && type == target ? Activator.CreateInstance(target) : null,
        };
    }

    private static double Double(JsonElement json) => json.ValueKind is JsonValueKind.String
        ? double.Parse(json.GetString(), CultureInfo.InvariantCulture)
        : json.GetDouble();

    private sealed record Member(string Name, Type Type, Func<object, object> Get, Action<object, object> Set)
    {
        public static Member Of(MemberInfo member)
        {
            var name = member.GetCustomAttribute<DataMemberAttribute>()?.Name ?? member.Name;
            return member is FieldInfo field
                ? new(name, field.FieldType, field.GetValue, field.IsInitOnly ? null : field.SetValue)
                : Of(name, (PropertyInfo)member);
        }

        private static Member Of(string name, PropertyInfo property) => new(name, property.PropertyType,
            property.GetMethod is { IsPublic: true } ? property.GetValue : null,
            property.SetMethod is { IsPublic: true } ? property.SetValue : null);
    }
}
