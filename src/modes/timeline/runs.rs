//! Agent executions of the file and the artifacts between them: questions and answers. Pure.
