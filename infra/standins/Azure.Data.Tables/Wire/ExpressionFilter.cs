using System.Linq.Expressions;
using System.Reflection;

namespace Azure.Data.Tables.Wire;

/// <summary>Turns `row => row.Age >= 18 &amp;&amp; row.Name == name` into OData; all that does not mention the row is a literal.</summary>
internal sealed class ExpressionFilter
{
    private readonly ParameterExpression _entity;

    private ExpressionFilter(ParameterExpression entity) => _entity = entity;

    public static string Create(LambdaExpression filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new ExpressionFilter(filter.Parameters[0]).Text(filter.Body);
    }

    private string Text(Expression expression) => expression switch
    {
        _ when !Mentions(expression) => ODataFilter.Literal(Evaluate(expression), 0),
        UnaryExpression { NodeType: ExpressionType.Convert } convert => Text(convert.Operand),
        UnaryExpression { NodeType: ExpressionType.Not } not => $"not ({Text(not.Operand)})",
        BinaryExpression binary when Comparison(binary) is { } comparison => comparison,
        BinaryExpression binary => $"{Operand(binary.Left)} {Operator(binary.NodeType)} {Operand(binary.Right)}",
        MemberExpression member when member.Expression == _entity => Name(member.Member),
        MethodCallExpression { Method.Name: "get_Item", Arguments: [var key] } => (string)Evaluate(key),
        MethodCallExpression { Method.Name: nameof(string.Equals), Object: { } left, Arguments: [var right] } =>
            $"{Text(left)} eq {Text(right)}",
        MethodCallExpression { Object: { } entity } call when entity == _entity && call.Arguments is [var key]
            && call.Method.Name.StartsWith("Get", StringComparison.Ordinal) => (string)Evaluate(key),
        _ => throw new NotSupportedException($"The expression {expression} is not supported."),
    };

    /// <summary>`a.CompareTo(b) &gt; 0` and `string.Compare(a, b) &gt; 0` are how C# writes `a gt b` for strings.</summary>
    private string Comparison(BinaryExpression binary)
    {
        var (left, right) = binary.Left switch
        {
            MethodCallExpression { Method.Name: nameof(string.CompareTo), Object: { } one, Arguments: [var two] } => (one, two),
            MethodCallExpression { Method.Name: "Compare" or "CompareOrdinal", Object: null, Arguments: [var one, var two] } => (one, two),
            _ => (null, null),
        };
        return left is not null && !Mentions(binary.Right) && Evaluate(binary.Right) is 0
            ? $"{Text(left)} {Operator(binary.NodeType)} {Text(right)}"
            : null;
    }

    private string Operand(Expression expression) =>
        expression is BinaryExpression && Mentions(expression) ? $"({Text(expression)})" : Text(expression);

    private static string Operator(ExpressionType type) => type switch
    {
        ExpressionType.Equal => "eq",
        ExpressionType.NotEqual => "ne",
        ExpressionType.GreaterThan => "gt",
        ExpressionType.GreaterThanOrEqual => "ge",
        ExpressionType.LessThan => "lt",
        ExpressionType.LessThanOrEqual => "le",
        ExpressionType.AndAlso or ExpressionType.And => "and",
        ExpressionType.OrElse or ExpressionType.Or => "or",
        _ => throw new NotSupportedException($"The operator {type} is not supported."),
    };

    private static string Name(MemberInfo member) =>
        member.GetCustomAttribute<System.Runtime.Serialization.DataMemberAttribute>()?.Name ?? member.Name;

    private static object Evaluate(Expression expression) =>
        Expression.Lambda<Func<object>>(Expression.Convert(expression, typeof(object))).Compile(preferInterpretation: true)();

    private bool Mentions(Expression expression)
    {
        Search search = new(_entity);
        search.Visit(expression);
        return search.Found;
    }

    private sealed class Search(ParameterExpression entity) : ExpressionVisitor
    {
        public bool Found { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found |= node == entity;
            return node;
        }
    }
}
