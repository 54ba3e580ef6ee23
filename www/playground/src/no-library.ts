// Stands for the package's library: the program that serves this page serves its own.
export default "";
