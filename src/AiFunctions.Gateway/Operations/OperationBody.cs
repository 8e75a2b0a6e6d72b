namespace AiFunctions.Gateway.Operations;

/// <summary>Whether an operation takes a JSON body.</summary>
public enum OperationBody
{
    /// <summary>A body is neither read nor looked at.</summary>
    None,

    /// <summary>A JSON object, or nothing at all.</summary>
    Optional,

    /// <summary>A JSON object.</summary>
    Required,
}
