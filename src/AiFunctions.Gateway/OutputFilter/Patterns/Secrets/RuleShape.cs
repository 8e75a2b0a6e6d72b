namespace AiFunctions.Gateway.OutputFilter.Patterns.Secrets;

/// <summary>One of a rule's shapes, and the rule.</summary>
internal sealed record RuleShape(SecretRule Rule, SecretShape Shape);
